package files

import (
	"path"
	"strings"
)

// temporary reports the names that programs give to files that are not finished
// or not meant for others: WinSCP's .filepart, rclone's .partial, lftp's .in.,
// GVFS' .giosave, dotfiles, editors' backups and locks.
func temporary(name string) bool {
	low := strings.ToLower(name)
	switch path.Ext(low) {
	case ".filepart", ".partial", ".part", ".tmp", ".temp", ".crdownload", ".download", ".swp", ".swx":
		return true
	}
	return strings.HasPrefix(low, ".") || strings.HasPrefix(low, "~$") || strings.HasSuffix(low, "~") ||
		len(low) > 1 && strings.HasPrefix(low, "#") && strings.HasSuffix(low, "#")
}

// litter reports the files that desktops leave in every folder they show. They
// are accepted, because Finder fails without, and kept nowhere.
func litter(name string) bool {
	switch strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "desktop.ini", ".localized", ".directory":
		return true
	}
	return strings.HasPrefix(name, "._")
}
