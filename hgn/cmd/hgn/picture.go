package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Colours that print and that the colour-blind tell apart.
var (
	blue   = color.NRGBA{0x1f, 0x5f, 0xa8, 0xff}
	orange = color.NRGBA{0xd9, 0x6a, 0x10, 0xff}
	gray   = color.NRGBA{0xdd, 0xdd, 0xdd, 0xff}
)

// A curve of a panel carries its label on itself.
type curve struct {
	label  string
	values []float64
	style  draw.LineStyle
	under  bool // label below the curve
}

// draw returns the picture of the comparison, as SVG: the errors of positions and
// of energy over time.
func (c *comparison) draw() ([]byte, error) {
	t := c.times()
	thin := func(c color.Color) draw.LineStyle { return draw.LineStyle{Color: c, Width: 1.6} }
	wide := draw.LineStyle{Color: orange, Width: 4}
	dashed := draw.LineStyle{Color: blue, Width: 1.6, Dashes: []vg.Length{5, 4}}
	title := fmt.Sprintf("%d bodies, moved by a model trained on %d", c.start.Nodes(), demoSmall*demoSmall*demoSmall)
	positions, err := panel(title, "r.m.s. error of positions (dimensionless)", t, []curve{
		{label: fmt.Sprintf("integrator: true forces, dt = %v, against steps %d times shorter", c.dt, refinement),
			values: distance(&c.true, &c.exact), style: thin(orange)},
		{label: "model: learned forces against true ones, the same steps",
			values: distance(&c.learned, &c.true), style: thin(blue)},
	})
	if err != nil {
		return nil, err
	}
	zero := &motionRecord{energy: make([]float64, len(t))}
	energies, err := panel("", "error of energy (of kinetic energy at 0)", t, []curve{
		{label: "true forces, dt = " + fmt.Sprint(c.dt), values: energyDistance(&c.true, zero), style: wide},
		{label: "learned forces, on top of it", values: energyDistance(&c.learned, zero), style: dashed, under: true},
		{label: "difference of the two", values: energyDistance(&c.learned, &c.true), style: thin(blue)},
	})
	if err != nil {
		return nil, err
	}
	energies.X.Label.Text = "time (dimensionless: mass, spring and rest length are 1)"

	const width, height = 17 * vg.Centimeter, 18 * vg.Centimeter
	svg := vgsvg.New(width, height)
	page := draw.New(svg)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	page = draw.Crop(page, 24, -12, 6, -8)
	plots := [][]*plot.Plot{{positions}, {energies}}
	for i, row := range plot.Align(plots, draw.Tiles{Rows: 2, Cols: 1, PadY: 14}, page) {
		plots[i][0].Draw(row[0])
	}
	var b bytes.Buffer
	if _, err := svg.WriteTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// panel plots curves over t on a logarithmic axis.
func panel(title, axis string, t []float64, curves []curve) (*plot.Plot, error) {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.Title.Text = title
	p.Y.Scale = plot.LogScale{}
	p.Y.Tick.Marker = decades{}
	p.X.Tick.Marker = wholes{}
	p.Title.Padding = 8
	p.X.Padding, p.Y.Padding = 0, 4
	for _, text := range []*font.Font{&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font} {
		text.Variant = "Sans"
	}
	p.Title.TextStyle.Font.Size = 13
	p.X.Label.TextStyle.Font.Size = 11

	grid := plotter.NewGrid()
	grid.Vertical.Color = color.Transparent
	grid.Horizontal.Color = gray
	p.Add(grid, sideLabel(axis))
	lowest, highest := math.Inf(1), 0.0
	for _, c := range curves {
		var points plotter.XYs
		for i, y := range c.values {
			if y > 0 { // else there is nothing to show on this axis
				points = append(points, plotter.XY{X: t[i], Y: y})
				lowest, highest = min(lowest, y), max(highest, y)
			}
		}
		if len(points) == 0 {
			continue
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return nil, err
		}
		line.LineStyle = c.style
		p.Add(line, captionOf(&c, points))
	}
	p.X.Min, p.X.Max = 0, t[len(t)-1]
	if highest > 0 {
		p.Y.Min = math.Pow(10, math.Floor(math.Log10(lowest)))
		p.Y.Max = math.Pow(10, math.Ceil(math.Log10(highest))+1)
	} else {
		p.Y.Min, p.Y.Max = 1e-16, 1
	}
	return p, nil
}

// sideLabel is the label of the vertical axis. (That of [plot.Axis] takes the middle
// of a logarithmic axis for its upper end and leaves room there.)
type sideLabel string

func (l sideLabel) Plot(c draw.Canvas, p *plot.Plot) {
	style := p.X.Label.TextStyle
	style.Rotation = math.Pi / 2
	style.XAlign, style.YAlign = draw.XCenter, draw.YBottom
	c.FillText(style, vg.Point{X: c.Min.X - 44, Y: c.Center().Y}, string(l))
}

// A caption is text at the left end of a curve, clear of all of it.
type caption struct {
	text  string
	at    plotter.XY // the highest point of the curve, or the lowest one
	under bool       // whether the text stands below it
	color color.Color
}

// Plot draws the text. It may be longer than where it is drawn thinks, for a viewer
// may have another font, and so begins at the left.
func (t *caption) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := p.X.Tick.Label
	style.Color = t.color
	style.XAlign, style.YAlign = draw.XLeft, draw.YBottom
	at := vg.Point{X: x(t.at.X), Y: y(t.at.Y) + 6}
	if t.under {
		style.YAlign = draw.YTop
		at.Y -= 12
	}
	c.FillText(style, at, t.text)
}

// captionOf places the label of a curve.
func captionOf(c *curve, points plotter.XYs) *caption {
	t := &caption{c.label, plotter.XY{X: 0.1, Y: points[0].Y}, c.under, c.style.Color}
	for _, p := range points {
		if c.under {
			t.at.Y = min(t.at.Y, p.Y)
		} else {
			t.at.Y = max(t.at.Y, p.Y)
		}
	}
	return t
}

// wholes marks whole numbers.
type wholes struct{}

func (wholes) Ticks(lo, hi float64) (ticks []plot.Tick) {
	for x := math.Ceil(lo); x <= hi; x++ {
		ticks = append(ticks, plot.Tick{Value: x, Label: fmt.Sprint(x)})
	}
	return ticks
}

// decades marks powers of ten, and names every other one.
type decades struct{}

func (decades) Ticks(lo, hi float64) (ticks []plot.Tick) {
	for e := int(math.Ceil(math.Log10(lo) - 1e-9)); float64(e) <= math.Log10(hi)+1e-9; e++ {
		tick := plot.Tick{Value: math.Pow(10, float64(e))}
		if e%2 == 0 {
			tick.Label = fmt.Sprintf("1e%d", e)
		}
		ticks = append(ticks, tick)
	}
	return ticks
}
