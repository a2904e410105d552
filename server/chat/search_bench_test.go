package chat_test

import (
	"testing"

	"charla/server/chat"
)

func BenchmarkTerms(b *testing.B) {
	for name, text := range map[string]string{
		"ASCII":   "well, we could meet at the station at 8 and walk from there; bring the dog, and the camera too",
		"accents": "¿Y si quedamos mañana en la estación a las 8 y vamos andando? Trae el perro, y la cámara también",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				chat.Terms(text)
			}
		})
	}
}
