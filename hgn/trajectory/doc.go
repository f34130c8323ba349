// Package trajectory reads and writes observed motion: trajectories, the edges
// of a graph and energies, from the files that simulation programs leave.
//
// # LAMMPS text dumps
//
// [Open] reads what LAMMPS writes with `dump custom`, plain or compressed with
// gzip, as a stream: memory does not grow with the number of frames. Columns are
// found by name, in any order, and others are ignored:
//
//	id          any distinct numbers from 0, in any order; gaps are allowed
//	type        the species, a number from 0
//	x y z       positions, or xu yu zu, which win if both are there
//	vx vy vz    velocities; without them QDot is nil and P is 0
//	fx fy fz    forces; without them PDot is nil
//	mass        above 0; without it Options.Masses, and 1 for types not in there
//	q           charges; without it Charge is nil
//
// Body k of a frame is the atom with the k-th smallest id, from 0. The first
// frame says which atoms there are, and their types, masses and charges; no later
// frame may say otherwise. Steps increase from frame to frame.
//
// A frame has as many dimensions as there are columns of positions. It has two
// also where z, vz and fz, as far as present, are exactly 0 for all atoms of the
// first frame; then z is ignored, the box's z too, and any later value other than
// 0 is an error. What the box says about directions that a frame lacks is dropped.
// Directions of the box are periodic where marked pp, and all are where a header
// has no marks. Tilted boxes, scaled positions, and numbers that are not finite
// are refused.
//
// A frame ends with the end of its last line, LF or CR LF. Without it the file was
// cut, perhaps inside of a number, which is an error.
//
// # Edges and energies
//
// [ReadEdges] and [ReadEnergy] read comma-separated values with a header line. Blank
// lines, spaces around values and a byte order mark are passed over.
//
// # Errors
//
// A fault of a file is a *[ParseError], which names the file and, where there is
// one, the line.
package trajectory
