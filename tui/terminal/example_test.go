package terminal_test

import (
	"fmt"

	"charla/tui/terminal"
)

// A model draws spans; a later one covers an earlier one.
func ExampleFrame() {
	var f terminal.Frame
	f.Reset(16, 3)
	f.Put(0, 0, 16, "Ana        10:33")
	f.Put(0, 1, 16, "hola, ¿qué tal?!")
	f.Put(4, 1, 7, "[popup]")
	f.Put(0, 2, 3, "> _")
	f.SetCursor(2, 2)
	f.SetTitle("(3) chat")
	fmt.Println(f.String())
	// Output:
	// Ana        10:33
	// hola[popup]tal?!
	// > _
}
