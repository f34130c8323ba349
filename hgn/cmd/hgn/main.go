// Command hgn trains Hamiltonian graph networks on observed motion, measures how
// wrong they are, and lets them move.
//
// "hgn help" lists what it does, "hgn help train" explains one of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt does not wait
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// Exit statuses.
const (
	statusDone   = 0
	statusFailed = 1
	statusUsage  = 2
)

// streams are where a command writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

// A command is one of the things that hgn does.
type command struct {
	name    string
	summary string
	usage   string
	run     func(ctx context.Context, s streams, args []string) error
}

// commands are in the order in which they are listed.
func commands() []command {
	return []command{
		{"demo", "train a small lattice, carry the model to a large one, draw a picture", demoUsage, demo},
		{"train", "fit a model to trajectories", trainUsage, train},
		{"eval", "compare a model with trajectories", evalUsage, eval},
		{"simulate", "let a model move a state of a trajectory", simulateUsage, simulate},
		{"convert", "write a trajectory in another format", convertUsage, convert},
		{"export", "write a model as tables of LAMMPS, or as arrays of NumPy", exportUsage, export},
		{"lstsq", "solve a least-squares problem in files of NumPy", lstsqUsage, lstsq},
		{"bench", "compute the tables by which the method is judged", benchUsage, bench},
	}
}

// run is the program: it returns the exit status.
func run(ctx context.Context, args []string, out, err io.Writer) (status int) {
	defer func() {
		if v := recover(); v != nil {
			status = report(err, fmt.Errorf("internal error: %v", v))
		}
	}()
	if len(args) == 0 {
		io.WriteString(err, overview())
		return statusUsage
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return report(err, help(out, args))
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		if want, ok := simd.Requested(); ok && want > simd.Active() {
			fmt.Fprintf(err, "hgn: %s=%v is not available here; running at level %v\n", simd.Env, want, simd.Active())
		}
		failed := c.run(ctx, streams{out, err}, args)
		var wrong *usageError
		switch {
		case errors.Is(failed, errHelp):
			return report(err, help(out, []string{name}))
		case errors.As(failed, &wrong):
			wrong.command = name
		}
		return report(err, failed)
	}
	return report(err, &usageError{cause: fmt.Sprintf("unknown command %q", name)})
}

// report prints failed, if it is an error, as one line, and returns the exit
// status.
func report(w io.Writer, failed error) int {
	if failed == nil {
		return statusDone
	}
	cause := strings.TrimPrefix(failed.Error(), "hgn: ")
	var wrong *usageError
	usage := errors.As(failed, &wrong)
	if errors.Is(failed, context.Canceled) {
		cause = "interrupted"
		if kept := (*keptError)(nil); errors.As(failed, &kept) {
			cause += "; " + kept.Error()
		}
	}
	fmt.Fprintf(w, "hgn: %s\n", strings.Join(strings.Fields(cause), " "))
	if usage {
		return statusUsage
	}
	return statusFailed
}

// overview lists the commands.
func overview() string {
	var b strings.Builder
	b.WriteString("hgn learns the energy of an N-body system from its motion.\n\nUsage: hgn COMMAND [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-10s%s\n", c.name, c.summary)
	}
	b.WriteString("\n\"hgn help COMMAND\" explains a command and gives an example.\n")
	return b.String()
}

// help prints the overview, or the usage of the command args[0].
func help(w io.Writer, args []string) error {
	text := ""
	switch len(args) {
	case 0:
		text = overview()
	case 1:
		for _, c := range commands() {
			if c.name == args[0] {
				text = c.usage
			}
		}
	}
	if text == "" {
		return &usageError{cause: fmt.Sprintf("no help on %q", strings.Join(args, " "))}
	}
	_, err := io.WriteString(w, text)
	return err
}
