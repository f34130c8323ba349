/* Loads a model of a periodic liquid and computes the forces of a pair: forces MODEL. */
#include <stdio.h>

#include "rapidhgn.h"

int main(int argc, char **argv) {
	rhgn_model model;
	if (argc != 2 || rhgn_model_load(argv[1], &model) != RHGN_OK) {
		fprintf(stderr, "%s\n", argc == 2 ? rhgn_last_error() : "usage: forces MODEL");
		return 1;
	}
	double q[] = {0.1, 0, 0, 9.0, 0, 0}, box[] = {10, 10, 10}, forces[6], energy; /* 1.1 apart, through the wall */
	rhgn_states states = {.struct_size = sizeof states, .frames = 1, .nodes = 2, .dim = 3, .q = q, .box = box};
	if (rhgn_forces(model, &states, forces, 0, NULL, 0, &energy, NULL) != RHGN_OK) {
		fprintf(stderr, "%s\n", rhgn_last_error());
		return 1;
	}
	printf("at a distance of 1.1: force %.4f, and %.4f on the other\n", forces[0], forces[3]);
	return rhgn_model_free(model) != RHGN_OK;
}
