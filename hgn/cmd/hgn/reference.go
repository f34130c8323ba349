package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// zblPrefix begins a -reference that is no file.
const zblPrefix = "zbl:"

// readReference returns what -reference means, nil for "".
func readReference(text string) (*hgn.Reference, error) {
	switch limits, zbl := strings.CutPrefix(text, zblPrefix); {
	case text == "":
		return nil, nil
	case zbl:
		inner, outer, _ := strings.Cut(limits, ",")
		from, err := strconv.ParseFloat(inner, 64)
		to, err2 := strconv.ParseFloat(outer, 64)
		if err != nil || err2 != nil {
			return nil, usagef("-reference %q: want zbl:INNER,OUTER with two lengths", text)
		}
		p, err := hgn.NewZBL(from, to)
		if err != nil {
			return nil, usagef("-reference %s: %s", text, strings.TrimPrefix(err.Error(), "hgn: "))
		}
		return p, nil
	}
	tables, err := trajectory.ReadReference(text)
	if err != nil {
		return nil, err
	}
	p, err := hgn.NewTabulated(tables)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", text, strings.TrimPrefix(err.Error(), "hgn: "))
	}
	return p, nil
}
