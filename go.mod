module github.com/rearguard/rearguard

go 1.26
