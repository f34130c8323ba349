// Package tables computes the tables of "hgn bench": the claims of Rahma, Datar,
// Cukarska and Dietrich (arXiv 2506.06558), measured anew beside the default model.
package tables
