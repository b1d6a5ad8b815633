// Package xmltoken bounds what a token of an XML file takes: encoding/xml holds a tag with
// all its attributes, or a text, in memory before its reader can count.
package xmltoken

import (
	"fmt"
	"io"
)

// Most is how long a token may be, in bytes.
const Most = 1 << 20

// Source is an XML file for [encoding/xml.NewDecoder]. Call Next before each token.
type Source struct {
	r          io.Reader
	left       int // of the token
	buffer     [16 << 10]byte
	next, size int
}

// NewSource reads from r.
func NewSource(r io.Reader) *Source { return &Source{r: r, left: Most} }

// Next allows for another token.
func (s *Source) Next() { s.left = Most }

// ReadByte is what the decoder calls.
func (s *Source) ReadByte() (byte, error) {
	if s.next == s.size {
		n, err := s.r.Read(s.buffer[:])
		if n == 0 {
			if err == nil {
				err = io.ErrNoProgress
			}
			return 0, err
		}
		s.next, s.size = 0, n
	}
	if s.left--; s.left < 0 {
		return 0, fmt.Errorf("a tag or a text is longer than %d MB", Most>>20)
	}
	c := s.buffer[s.next]
	s.next++
	return c, nil
}

// Read makes it an io.Reader, as the decoder wants it.
func (s *Source) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}
