package i18n

// OutWords say of a conversation that somebody is not in it.
type OutWords struct {
	NotInside string
	EnterRoom func(handle string) string // what leads in
}

var outEN = OutWords{
	NotInside: "you are not in it",
	EnterRoom: func(handle string) string { return "you are not in it; /join " + handle },
}

var outES = OutWords{
	NotInside: "no estás dentro",
	EnterRoom: func(handle string) string { return "no estás dentro; /entrar " + handle },
}
