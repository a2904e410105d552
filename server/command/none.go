package command

// orNone ends a list of n, and says so of an empty one: where people type a slash
// nothing at all would pass for a fault. A program finds nothing on Out, and whoever
// sits before it reads the sentence beside.
func (c *Call) orNone(n int, err error, sentence string) error {
	switch {
	case err != nil || n > 0 || c.JSON:
		return err
	case c.Prefix != "":
		return c.printf("%s", sentence)
	case c.Aside != nil:
		c.Aside(sentence)
	}
	return nil
}
