package org.rearguard.peer;

import ai.timefold.solver.core.api.solver.Solver;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.score.director.ScoreDirectorFactoryConfig;
import ai.timefold.solver.core.config.solver.SolverConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StreamTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the model that solve.py writes, and prints the variables of the tours it chooses. */
public final class Main {
    private static StreamTokenizer in;

    private static double number() throws IOException {
        in.nextToken();
        return Double.parseDouble(in.sval);
    }

    private static int whole() throws IOException {
        return (int) number();
    }

    public static void main(String[] args) throws IOException {
        Problem p = new Problem();
        p.slots = new ArrayList<>();
        try (BufferedReader file = Files.newBufferedReader(Path.of(args[0]))) {
            in = new StreamTokenizer(file);
            in.resetSyntax();
            in.wordChars('!', '~');
            in.whitespaceChars(0, ' ');
            p.rows = new Problem.Row[whole()];
            p.units = whole();
            p.mobilise = number();
            for (int i = 0; i < p.rows.length; i++) {
                p.rows[i] = new Problem.Row(whole() == 1, number(), whole(), number(), number());
            }
            for (int u = 0; u < p.units; u++) {
                int stays = whole(), moves = whole(), slots = whole();
                List<Tour> stay = tours(stays, false), move = tours(moves, true);
                if (stays > 0) {
                    Slot s = slot(u, stay);
                    s.must = true;
                    s.tour = stay.get(stays - 1); // nobody moves: the plan to begin with
                    p.slots.add(s);
                }
                for (int k = 0; k < slots && moves > 0; k++) {
                    p.slots.add(slot(u, move));
                }
            }
        }
        Solver<Problem> solver = SolverFactory.<Problem>create(new SolverConfig()
                .withSolutionClass(Problem.class)
                .withEntityClasses(Slot.class)
                .withScoreDirectorFactory(new ScoreDirectorFactoryConfig().withIncrementalScoreCalculatorClass(Calculator.class))
                .withTerminationSpentLimit(Duration.ofMillis((long) (Double.parseDouble(args[1]) * 1000)))).buildSolver();
        Problem best = solver.solve(p);
        System.out.println(best.score.isFeasible() ? "feasible" : "infeasible");
        for (Slot s : best.slots) {
            if (s.tour != null) {
                System.out.println(s.tour.variable());
            }
        }
    }

    private static Slot slot(int unit, List<Tour> choice) {
        Slot s = new Slot();
        s.unit = unit;
        s.choice = choice;
        return s;
    }

    private static List<Tour> tours(int n, boolean moves) throws IOException {
        List<Tour> list = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            int variable = whole();
            double cost = number();
            int terms = whole();
            int[] rows = new int[terms];
            double[] parts = new double[terms];
            for (int k = 0; k < terms; k++) {
                rows[k] = whole();
                parts[k] = number();
            }
            list.add(new Tour(variable, cost, moves, rows, parts));
        }
        return list;
    }
}
