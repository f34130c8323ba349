package tables

import (
	"bytes"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A pictureKind says what is on the horizontal axis.
type pictureKind int

const (
	bars  pictureKind = iota // categories
	lines                    // numbers
)

// A picture is what a table shows, the vertical axis being logarithmic.
type picture struct {
	kind       pictureKind
	x, y       string
	linearX    bool
	series     []series
	categories []string
}

type series struct {
	name   string
	points plotter.XYs
}

// add adds a point to the named series, at a category or, if that is "", at x.
func (p *picture) add(name, category string, y float64, x ...float64) {
	if !(y > 0) || math.IsInf(y, 1) {
		return
	}
	at := 0.0
	if category == "" {
		at = x[0]
	} else {
		at = -1
		for i, c := range p.categories {
			if c == category {
				at = float64(i)
			}
		}
		if at < 0 {
			at = float64(len(p.categories))
			p.categories = append(p.categories, category)
		}
	}
	for i := range p.series {
		if p.series[i].name == name {
			p.series[i].points = append(p.series[i].points, plotter.XY{X: at, Y: y})
			return
		}
	}
	p.series = append(p.series, series{name, plotter.XYs{{X: at, Y: y}}})
}

// SVG draws t; it is nil if there is nothing to draw.
func (t *Table) SVG() ([]byte, error) {
	p := &t.picture
	if len(p.series) == 0 {
		return nil, nil
	}
	page := plot.New()
	page.Title.Text = t.Name + ": " + t.heading()
	page.X.Label.Text, page.Y.Label.Text = p.x, p.y
	page.Y.Scale, page.Y.Tick.Marker = plot.LogScale{}, decades{}
	page.Legend.Top = true
	grid := plotter.NewGrid()
	grid.Vertical.Color = color.Transparent
	page.Add(grid)
	lowest, highest := math.Inf(1), 0.0
	first, last := math.Inf(1), 0.0
	for i, s := range p.series {
		for _, point := range s.points {
			lowest, highest = min(lowest, point.Y), max(highest, point.Y)
			first, last = min(first, point.X), max(last, point.X)
		}
		line, marks, err := plotter.NewLinePoints(s.points)
		if err != nil {
			return nil, err
		}
		line.Color, marks.Color = plotutil.Color(i), plotutil.Color(i)
		line.Dashes = plotutil.Dashes(i / 7)
		marks.Shape = draw.CircleGlyph{}
		marks.Radius = 3
		switch {
		case p.kind == bars:
			page.Add(marks)
			page.Legend.Add(s.name, marks)
		case len(s.points) > 20:
			page.Add(line)
			page.Legend.Add(s.name, line)
		default:
			page.Add(line, marks)
			page.Legend.Add(s.name, line, marks)
		}
	}
	page.Y.Min = math.Pow(10, math.Floor(math.Log10(lowest)))
	page.Y.Max = math.Pow(10, math.Ceil(math.Log10(highest))+1+0.4*float64(len(p.series)))
	switch {
	case p.kind == bars:
		page.NominalX(p.categories...)
		page.X.Tick.Label.Rotation = math.Pi / 8
		page.X.Tick.Label.XAlign, page.X.Tick.Label.YAlign = draw.XRight, draw.YTop
	case !p.linearX:
		page.X.Min, page.X.Max = 0.8*first, 1.25*last
		page.X.Scale, page.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: 2}
	}
	svg := vgsvg.New(24*vg.Centimeter, 15*vg.Centimeter)
	canvas := draw.New(svg)
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	page.Draw(draw.Crop(canvas, 8, -12, 8, -8))
	var b bytes.Buffer
	_, err := svg.WriteTo(&b)
	return b.Bytes(), err
}

// decades marks powers of ten, about ten of them by name.
type decades struct{}

func (decades) Ticks(lo, hi float64) (ticks []plot.Tick) {
	first, last := int(math.Ceil(math.Log10(lo)-1e-9)), int(math.Floor(math.Log10(hi)+1e-9))
	every := max(1, (last-first+9)/10)
	for e := first; e <= last; e++ {
		tick := plot.Tick{Value: math.Pow(10, float64(e))}
		if (e-first)%every == 0 {
			tick.Label = Number(tick.Value).String()
		}
		ticks = append(ticks, tick)
	}
	return ticks
}
