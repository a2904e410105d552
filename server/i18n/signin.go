package i18n

// SignInWords is what this face says.
type SignInWords struct{}

var signInEN = SignInWords{}

var signInES = SignInWords{}
