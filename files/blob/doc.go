// Package blob keeps the bytes of files: first as an upload, written in any
// order, then as a blob that never changes and is named by the SHA-256 of what
// it holds. It knows nothing about people, conversations, messages or SFTP:
// owner, conversation and name are words it writes down for the operator.
//
// On the disk, all on one filesystem and opened as an os.Root:
//
//	uploads/<id>        the bytes of an upload under way
//	uploads/<id>.json   what it is: Meta
//	blobs/ab/abcd…      a blob, in the folder of its first two hex digits
//
// # Promises
//
//   - A blob's name appears only after its bytes are on the disk, and Commit
//     returns only after the name is there too. So an event that is appended
//     after Commit never points to something that a power cut took away.
//   - A blob that no event names is garbage, and an upload of a past life too:
//     Sweep and DiscardUnfinished take them away. Neither takes what is in use.
//   - What a client can cause is answered with an *Error, whose words may reach
//     it; paths and the system's own words are in its Cause alone.
//
// # Goroutines
//
// An upload has at most one, follow, which hashes behind the writers and asks
// the disk to write early. It starts when there is work for it, ends when there
// is none, and Commit, Truncate, Discard and Close wait for its end.
package blob
