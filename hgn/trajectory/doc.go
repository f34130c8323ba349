// Package trajectory reads and writes observed motion: trajectories, the edges
// of a graph and energies, from the files that simulation programs leave.
//
// [Open] reads a trajectory and [Create] writes one, in the format that the name of the
// file promises: a LAMMPS text dump, extended XYZ, or arrays of NumPy. Files are streams,
// text plain or compressed with gzip: memory does not grow with the number of frames.
//
// # LAMMPS text dumps
//
// The dumps are those that LAMMPS writes with `dump custom`. Columns are found by name,
// in any order, and others are ignored:
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
// frame may say otherwise. Steps increase from frame to frame. Time is that of
// "dump_modify time yes", if there.
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
// # Extended XYZ
//
// Files called .xyz or .extxyz are read as ASE writes them. From the comment line of a
// frame these are used, others are ignored:
//
//	Lattice                the edges of the box, nine numbers; any box is possible
//	Origin                 where they begin, 0 without it
//	pbc                    periodic directions; without it all that have a Lattice
//	Properties             NAME:TYPE:COLUMNS of the columns; without it species and pos
//	energy                 potential energy
//	total_energy           total energy, which wins
//	stress, virial_stress  nine numbers, or six in the order xx yy zz yz xz xy, in
//	                       virial_stress xx yy zz xy yz xz; kept as they are
//	virial                 the same; Stress is −virial/volume
//	config_type            Group
//	step, Timestep         the time step; without it frames are counted from 0
//	dimension              1 or 2 for motion in one or two dimensions, 3 without it
//	upper                  the upper corner, where it is not the rounded sum of the rest
//
// and these columns:
//
//	species                chemical symbols or numbers; Species is the atomic number
//	Z                      atomic numbers, which win
//	pos                    positions
//	momenta, velocities    either gives the other by P = m·QDot; velo and vel are velocities
//	                       too, see Options.Observed. Without both QDot is nil and P is 0
//	forces                 or force; without it PDot is nil
//	masses                 or mass; without it Options.Masses, and else the standard atomic
//	                       weight, 1 for what is no element
//	charges                or initial_charges; without it Charge is nil
//	energies               their sum stands for energy where that is missing
//
// As in ASE energy is the potential energy. Energy, which is the total energy of a
// frame, is that and Σ|p|²/2m; without momenta they are the same. Frames may differ in
// bodies, boxes and columns, but not in dimensions. [Writer] writes what these tables
// say, so that [Open] gives the frame back to the bit and ASE reads the file. Species
// up to 118 are written as chemical symbols, whatever they mean, with their masses.
//
// # Arrays of NumPy
//
// Files called .npz hold named arrays. A file called q.npy, or something with . _ or -
// before q.npy, holds the positions, and arrays of the other names lie beside it. The
// names, and the shapes for N bodies in d dimensions, are
//
//	q, position, positions           frames×N×d: positions, the only array that must be there
//	p, momentum, momenta             frames×N×d; without v it gives QDot, see Options.Observed
//	v, velocity, velocities, qdot    frames×N×d; with p it is QDot, without it gives p
//	f, force, forces, pdot           frames×N×d
//	masses, mass                     N, or one number; without it Options.Masses or 1
//	species, types, numbers          N, or one number; 1 without it
//	charges, charge                  N, or one number
//	box                              d lengths, or the edges as rows, d×d or frames×d×d
//	origin, upper                    d or frames×d: corners of the box, as in extended XYZ
//	periodic, pbc                    d; all directions that have a box without it
//	energy, energies                 frames: potential energy
//	total_energy                     frames: total energy, which wins
//	stress                           frames×6: xx yy zz yz xz xy
//	group                            frames: text
//	step, steps                      frames: time steps
//	stride                           one number: steps between frames, where there is no step
//	edges                            E×2: bodies that are joined, counted from 0
//	senders, receivers               E each: the same; see [ReadEdges]
//	dt                               one number: the time that a step takes
//	seed                             one number, of no effect
//
// In place of frames there may be several axes; the last one is time, and steps begin
// anew along the others. Numbers may be integers, float32 or float64. Another name in an
// archive, Fortran order, and what is not finite are errors.
//
// A writer keeps the numbers in temporary files beside the file until it is closed. All
// frames must have the same bodies and kinds of values.
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
