package tables

import (
	"bytes"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/text"
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

// A picture is what a table shows, the vertical axis being logarithmic: panels side by
// side, whose series have their names and colours in common.
type picture struct {
	kind    pictureKind
	x, y    string // with units; x stands below panels that have no axis of their own
	linearX bool
	names   []string // of series, in all panels
	panels  []*panel
}

// A panel is a plot.
type panel struct {
	title      string
	x          string // what is on the horizontal axis, "" for what is on that of the picture
	categories []string
	series     map[string]plotter.XYs
}

// panel returns the panel of the given title, which it makes.
func (p *picture) panel(title string) *panel {
	for _, one := range p.panels {
		if one.title == title {
			return one
		}
	}
	p.panels = append(p.panels, &panel{title: title, series: map[string]plotter.XYs{}})
	return p.panels[len(p.panels)-1]
}

// point adds a point to the named series of a panel.
func (p *picture) point(title, name string, x, y float64) {
	if !(y > 0) || math.IsInf(y, 1) {
		return
	}
	if !slices.Contains(p.names, name) {
		p.names = append(p.names, name)
	}
	one := p.panel(title)
	one.series[name] = append(one.series[name], plotter.XY{X: x, Y: y})
}

// bar adds a point at a category to the named series of the only panel.
func (p *picture) bar(name, category string, y float64) {
	one := p.panel("")
	at := slices.Index(one.categories, category)
	if at < 0 {
		at = len(one.categories)
		one.categories = append(one.categories, category)
	}
	p.point("", name, float64(at), y)
}

// Sizes of pictures.
const (
	panelWidth = 15 * vg.Centimeter
	height     = 11 * vg.Centimeter
	labelWidth = 0.6 * vg.Centimeter
	iconWidth  = 1.2 * vg.Centimeter
)

// Pictured says whether there is something to draw.
func (t *Table) Pictured() bool { return len(t.picture.names) > 0 }

// SVG draws t; it is nil if there is nothing to draw.
func (t *Table) SVG() ([]byte, error) {
	if !t.Pictured() {
		return nil, nil
	}
	p := &t.picture
	legend := plot.NewLegend()
	legend.Top, legend.Left = true, true
	legend.Padding = vg.Millimeter
	sans(&legend.TextStyle)
	panels := panelWidth * vg.Length(len(p.panels))
	width := panels + vg.Centimeter
	if len(p.names) > 1 {
		for _, name := range p.names {
			width = max(width, panels+iconWidth+legend.TextStyle.Width(name))
		}
	}
	svg := vgsvg.New(width, height)
	canvas := draw.New(svg)
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	shown := map[string]bool{}
	for k, one := range p.panels {
		page, err := p.page(one, &legend, shown)
		if err != nil {
			return nil, err
		}
		page.Title.Text = t.heading()
		if one.title != "" {
			page.Title.Text = one.title
		}
		left := panelWidth * vg.Length(k)
		area := draw.Crop(canvas, left+labelWidth, left+panelWidth-width-8, 8, -8)
		page.Draw(area)
		// By itself page would leave room as if its scale were linear.
		label := page.Y.Label.TextStyle
		label.Rotation = math.Pi / 2
		data := page.DataCanvas(area)
		area.FillText(label, vg.Point{X: left + labelWidth - 2, Y: data.Center().Y}, p.y)
	}
	if len(p.names) > 1 {
		legend.Draw(draw.Crop(canvas, panels, 0, 0, -1*vg.Centimeter))
	}
	var b bytes.Buffer
	_, err := svg.WriteTo(&b)
	return legible(b.Bytes()), err
}

// legible names other fonts where that of an SVG is absent: Arial and Helvetica have the
// widths of Liberation Sans.
func legible(svg []byte) []byte {
	return bytes.ReplaceAll(svg, []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
}

// page draws a panel; names that are not shown yet go to the legend.
func (p *picture) page(one *panel, legend *plot.Legend, shown map[string]bool) (*plot.Plot, error) {
	page := plot.New()
	sans(&page.Title.TextStyle, &page.X.Label.TextStyle, &page.Y.Label.TextStyle, &page.X.Tick.Label, &page.Y.Tick.Label)
	page.Title.Padding = 2 * vg.Millimeter
	page.X.Label.Text = p.x
	if one.x != "" {
		page.X.Label.Text = one.x
	}
	page.Y.Scale, page.Y.Tick.Marker = plot.LogScale{}, decades{}
	grid := plotter.NewGrid()
	grid.Vertical.Color = color.Transparent
	page.Add(grid)
	lowest, highest := math.Inf(1), 0.0
	first, last := math.Inf(1), 0.0
	for i, name := range p.names {
		points := one.series[name]
		if len(points) == 0 {
			continue
		}
		for _, point := range points {
			lowest, highest = min(lowest, point.Y), max(highest, point.Y)
			first, last = min(first, point.X), max(last, point.X)
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		line.Color, marks.Color = plotutil.Color(i), plotutil.Color(i)
		line.Dashes = plotutil.Dashes(i / 7)
		marks.Shape = draw.CircleGlyph{}
		marks.Radius = 3
		thumbs := []plot.Thumbnailer{line, marks}
		switch {
		case p.kind == bars || len(points) == 1:
			page.Add(marks)
			thumbs = thumbs[1:]
		case len(points) > 12:
			page.Add(line)
			thumbs = thumbs[:1]
		default:
			page.Add(line, marks)
		}
		if !shown[name] {
			legend.Add(name, thumbs...)
			shown[name] = true
		}
	}
	page.Y.Min = math.Pow(10, math.Floor(math.Log10(lowest)))
	page.Y.Max = math.Pow(10, math.Ceil(math.Log10(highest)+1e-9))
	switch {
	case p.kind == bars:
		page.NominalX(one.categories...)
		page.X.Min, page.X.Max = -0.5, float64(len(one.categories))-0.5
		if len(one.categories) > 4 {
			page.X.Tick.Label.Rotation = math.Pi / 6
			page.X.Tick.Label.XAlign, page.X.Tick.Label.YAlign = draw.XRight, draw.YTop
		}
	case !p.linearX:
		page.X.Min, page.X.Max = 0.8*first, 1.25*last
		page.X.Scale, page.X.Tick.Marker = plot.LogScale{}, decades{}
	}
	return page, nil
}

// sans makes texts legible where the font of a picture is absent.
func sans(styles ...*text.Style) {
	for _, s := range styles {
		s.Font.Variant = "Sans"
	}
}

// decades marks powers of ten, about ten of them by name, and where there are no more
// than two, twos and fives by name, too.
type decades struct{}

func (decades) Ticks(lo, hi float64) (ticks []plot.Tick) {
	first, last := int(math.Floor(math.Log10(lo)+1e-9)), int(math.Floor(math.Log10(hi)+1e-9))
	every := max(1, (last-first+9)/10)
	for e := first; e <= last; e++ {
		for _, m := range []float64{1, 2, 5} {
			tick := plot.Tick{Value: m * math.Pow(10, float64(e))}
			if tick.Value < lo*(1-1e-9) || tick.Value > hi*(1+1e-9) || m > 1 && last-first > 3 {
				continue
			}
			if m == 1 && e%every == 0 || m > 1 && last-first <= 2 {
				tick.Label = strconv.FormatFloat(tick.Value, 'g', 3, 64)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}
