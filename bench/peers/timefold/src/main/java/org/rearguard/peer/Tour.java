package org.rearguard.peer;

/** One way for a unit to be away: to a post, by a lift, between two days. */
public record Tour(int variable, double cost, boolean moves, int[] rows, double[] parts) {}
