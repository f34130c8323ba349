package trajectory_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

func ExampleOpen() {
	file, err := trajectory.Open("testdata/lattice2x2x2.dump.gz", trajectory.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for frame, err := range file.Frames() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("step %d: body 0 at x = %.3f\n", frame.Step, frame.Q[0])
	}
	// Output:
	// step 0: body 0 at x = -0.122
	// step 20: body 0 at x = -0.111
	// step 40: body 0 at x = -0.086
	// step 60: body 0 at x = -0.047
	// step 80: body 0 at x = 0.006
}

// The first frames of a file train, the others test.
func ExampleFile_Slice() {
	file, err := trajectory.Open("testdata/lattice2x2x2.dump.gz", trajectory.Options{})
	if err != nil {
		log.Fatal(err)
	}
	frames, bodies, err := file.Count()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(frames, "frames of", bodies, "bodies")
	train, test := file.Slice(0, 4), file.Slice(4, frames)
	for frame := range train.Frames() {
		fmt.Print(frame.Step, " ")
	}
	fmt.Println("train")
	for frame := range test.Frames() {
		fmt.Print(frame.Step, " ")
	}
	fmt.Println("tests")
	// Output:
	// 5 frames of 8 bodies
	// 0 20 40 60 train
	// 80 tests
}

func ExampleReadEdges() {
	graph, err := trajectory.ReadEdges("testdata/lattice2x2x2.edges.csv", 8)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(graph.Edges(), "edges on", graph.Nodes, "bodies")
	_, err = trajectory.ReadEdges("testdata/lattice2x2x2.edges.csv", 7)
	fmt.Println(err)
	// Output:
	// 12 edges on 8 bodies
	// testdata/lattice2x2x2.edges.csv:9: node 7 is out of range: the data has 7 bodies
}

func ExampleEnergies_Total() {
	energies, err := trajectory.ReadEnergy("testdata/lattice2x2x2.thermo.csv")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(energies.Total(20))
	_, err = energies.Total(21)
	fmt.Println(err)
	// Output:
	// 0.294861579686275 <nil>
	// testdata/lattice2x2x2.thermo.csv: no energy at step 21
}

// Copy every other frame to another file.
func ExampleWriter() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	in, err := trajectory.Open("testdata/lattice2x2x2.dump.gz", trajectory.Options{})
	if err != nil {
		log.Fatal(err)
	}
	path := filepath.Join(dir, "thinned.dump.gz")
	out, err := trajectory.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	k := 0
	for frame, err := range in.Frames() {
		if err != nil {
			log.Fatal(err)
		}
		if k%2 == 0 {
			if err := out.WriteFrame(frame); err != nil {
				log.Fatal(err)
			}
		}
		k++
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}

	thinned, err := trajectory.Open(path, trajectory.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(thinned.Count())
	// Output: 3 8 <nil>
}
