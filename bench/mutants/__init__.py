"""Mutation testing of the autograders: each solution is spoilt by rules, and each mutant is checked."""
