package tables

import (
	"bytes"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Parity shows predicted against reference values.
type Parity struct {
	Title                string
	Reference, Predicted []float64 // of the same length; pairs that are not finite are left out
}

// cellsAcross is how many cells a side of a panel has, in which pairs are counted.
const cellsAcross = 160

// ParitySVG draws panels side by side with one scale for all axes, which are of what is
// named, and the diagonal. A panel shows every pair: it is cut into cells, and those that
// have pairs are the darker, the more of them.
func ParitySVG(what string, panels []Parity) ([]byte, error) {
	reach := 0.0
	for _, p := range panels {
		p.each(func(x, y float64) { reach = max(reach, math.Abs(x), math.Abs(y)) })
	}
	if reach == 0 {
		reach = 1
	}
	reach *= 1.05
	const side = height
	svg := vgsvg.New(side*vg.Length(len(panels)), side)
	page := draw.New(svg)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	row := make([]*plot.Plot, len(panels))
	for i, p := range panels {
		one := plot.New()
		sans(&one.Title.TextStyle, &one.X.Label.TextStyle, &one.Y.Label.TextStyle, &one.X.Tick.Label, &one.Y.Tick.Label)
		one.Title.Text = p.Title
		one.X.Label.Text, one.Y.Label.Text = what+", reference", what+", predicted"
		diagonal, err := plotter.NewLine(plotter.XYs{{X: -reach, Y: -reach}, {X: reach, Y: reach}})
		if err != nil {
			return nil, err
		}
		diagonal.Color = color.Gray{Y: 0xa0}
		one.Add(diagonal, p.count(reach))
		one.X.Min, one.X.Max, one.Y.Min, one.Y.Max = -reach, reach, -reach, reach
		row[i] = one
	}
	tiles := draw.Tiles{Rows: 1, Cols: len(row), PadX: 12, PadLeft: 8, PadRight: 12, PadTop: 8, PadBottom: 8}
	for i, canvas := range plot.Align([][]*plot.Plot{row}, tiles, page)[0] {
		row[i].Draw(canvas)
	}
	var b bytes.Buffer
	_, err := svg.WriteTo(&b)
	return legible(b.Bytes()), err
}

// each visits the pairs that are finite.
func (p *Parity) each(visit func(x, y float64)) {
	for i, x := range p.Reference {
		if y := p.Predicted[i]; !math.IsInf(x-y, 0) && !math.IsNaN(x-y) {
			visit(x, y)
		}
	}
}

// count counts the pairs in the cells of [−reach, reach]².
func (p *Parity) count(reach float64) *density {
	d := &density{reach: reach}
	at := func(x float64) int {
		return min(int((x/reach+1)/2*cellsAcross), cellsAcross-1)
	}
	p.each(func(x, y float64) { d.cells[at(y)][at(x)]++ })
	return d
}

// A density is the number of pairs in each cell.
type density struct {
	reach float64
	cells [cellsAcross][cellsAcross]int // by Y and X
}

// Plot is that of [plot.Plotter].
func (d *density) Plot(c draw.Canvas, p *plot.Plot) {
	most := 1
	for _, row := range d.cells {
		for _, n := range row {
			most = max(most, n)
		}
	}
	toX, toY := p.Transforms(&c)
	edge := func(k int) float64 { return d.reach * (2*float64(k)/cellsAcross - 1) }
	for j, row := range d.cells {
		for i, n := range row {
			if n == 0 {
				continue
			}
			shade := math.Log1p(float64(n)) / math.Log1p(float64(most))
			c.SetColor(color.NRGBA{R: uint8(120 * (1 - shade)), G: uint8(60 + 110*(1-shade)), B: uint8(140 + 80*(1-shade)), A: 0xff})
			lo := vg.Point{X: toX(edge(i)), Y: toY(edge(j))}
			hi := vg.Point{X: toX(edge(i + 1)), Y: toY(edge(j + 1))}
			c.Fill(vg.Rectangle{Min: lo, Max: hi}.Path())
		}
	}
}
