package tables

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
)

// TorchScript trains the networks of the table optimizers with PyTorch.
const TorchScript = "bench/peers/torch_network.py"

// A torchReport is what TorchScript prints.
type torchReport struct {
	gradient float64 // milliseconds of processor time
	trained  []struct {
		name           string
		error, seconds float64
	}
}

// torch runs TorchScript for the inputs of a contest; every training lasts the given
// number of seconds.
func (r *runner) torch(inputs network.Inputs, seconds float64) (*torchReport, error) {
	name := "frame"
	if inputs == network.Invariant {
		name = "invariant"
	}
	command := exec.CommandContext(r.ctx, r.Python, TorchScript, name, fmt.Sprint(seconds))
	var errs bytes.Buffer
	command.Stderr = &errs
	out, err := command.Output()
	if r.ctx.Err() != nil {
		return nil, r.ctx.Err()
	}
	if err != nil {
		text := strings.TrimSpace(errs.String())
		if text = text[strings.LastIndexByte(text, '\n')+1:]; text == "" {
			text = err.Error()
		}
		return nil, fmt.Errorf("%s %s: %s", r.Python, TorchScript, text)
	}
	report := new(torchReport)
	for line := range strings.Lines(string(out)) {
		what, values, _ := strings.Cut(strings.TrimSpace(line), ": ")
		var e, at float64
		if _, err := fmt.Sscanf(values, "%g ms", &report.gradient); err == nil {
			continue
		}
		if _, err := fmt.Sscanf(values, "relative force error %g after %g s", &e, &at); err != nil {
			return nil, fmt.Errorf("%s: unexpected line %q", TorchScript, line)
		}
		report.trained = append(report.trained, struct {
			name           string
			error, seconds float64
		}{what, e, at})
	}
	if report.gradient == 0 {
		return nil, fmt.Errorf("%s: no time of a gradient in its output", TorchScript)
	}
	return report, nil
}

// besideTorch compares one gradient, and what PyTorch's optimizers reach.
func (c *contest) besideTorch(r *runner, t *Table) error {
	var ours, theirs, ratios []float64
	for range 3 {
		if err := r.tell("optimizers: %s, gradients of ours and of PyTorch", c.name); err != nil {
			return err
		}
		ms := c.gradientTime()
		report, err := r.torch(c.shape.Inputs, 0)
		if err != nil {
			return err
		}
		ours, theirs, ratios = append(ours, ms), append(theirs, report.gradient), append(ratios, report.gradient/ms)
	}
	ratio := median(ratios)
	flop := c.products(32)
	t.note("One gradient, %s, %d features a layer, 32 states, one thread: %v ms here, %v ms in PyTorch (processor time, least of 50; medians of 3 turns, %v times). Here its matrix products are %.3g MFlop, %.3g GFlop/s over the whole gradient.",
		c.name, c.shape.Message, Number(median(ours)), Number(median(theirs)), Number(ratio), flop/1e6, flop/median(ours)/1e6)
	t.Bars = append(t.Bars, AtLeast("one gradient step of ours against PyTorch's, "+c.name+", 32 states, one thread: ratio of times", ratio, 5, false))
	if err := r.tell("optimizers: %s, trainings in PyTorch", c.name); err != nil {
		return err
	}
	report, err := r.torch(c.shape.Inputs, 10)
	if err != nil {
		return err
	}
	for _, o := range report.trained {
		t.add(c.name, "PyTorch "+o.name, "–", "–", o.seconds, o.error, "–", "–", "best within 10 s")
	}
	return nil
}

// products is the number of floating-point operations of the matrix products of one
// gradient for a number of states: with A and B, of nodes, and with C, of edges, each
// is used for values, for ∂H/∂q and ∂H/∂p, for rates, twice for its own derivative and
// once for that of the layer below.
func (c *contest) products(states int) float64 {
	e, k := c.train[0].Encoder, &c.shape
	return 12 * float64(states*k.Message) * float64(2*e.Nodes()*k.Node+e.EdgeRows()*k.Edge)
}

// gradientTime is the least processor time of one gradient in milliseconds.
func (c *contest) gradientTime() float64 {
	p := c.problem(c.start(1))
	which := make([]int, min(32, len(c.train)))
	for i := range which {
		which[i] = i
	}
	grad := make([]float64, len(p.X))
	least := math.Inf(1)
	for range 5 {
		start := processorTime()
		for range 10 {
			clear(grad)
			p.Loss(which, grad)
		}
		least = min(least, 100*(processorTime()-start).Seconds())
	}
	return least
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
