package i18n

// ScreenWords is what this face says.
type ScreenWords struct{}

var screenEN = ScreenWords{}

var screenES = ScreenWords{}
