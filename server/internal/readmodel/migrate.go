package readmodel

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as charla's read model ("chrl"), so that another
// program's database is not taken for one.
const applicationID = 0x6368726c

// migrate brings the schema up to date, each migration in a transaction of its
// own together with its number. The number is PRAGMA user_version, which can be
// read whatever the tables of a newer program look like.
func (c *conn) migrate(ctx context.Context) (err error) {
	defer wrap(&err, "migrate")
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version, app, tables int
	for query, dest := range map[string]*int{
		"PRAGMA user_version": &version, "PRAGMA application_id": &app, "SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := c.c.QueryRowContext(ctx, query).Scan(dest); err != nil {
			return damage(err)
		}
	}
	switch {
	case tables > 0 && app != applicationID:
		return fmt.Errorf("%w: not a read model", ErrDamaged)
	case version > len(names):
		return fmt.Errorf("%w: schema %d, this program knows %d", ErrNewer, version, len(names))
	}
	for ; version < len(names); version++ {
		if err := c.step(ctx, names[version], version+1); err != nil {
			return damage(fmt.Errorf("%s: %w", names[version], err))
		}
	}
	if ok, err := c.exists("SELECT 1 FROM meta"); err != nil || !ok {
		return errors.Join(fmt.Errorf("%w: no position", ErrDamaged), err)
	}
	_, err = c.exec("UPDATE meta SET rules = ? WHERE log = 0 AND shelf = 0", rules)
	return damage(err)
}

func (c *conn) step(ctx context.Context, name string, version int) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	script := fmt.Sprintf("%s;\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;", text, applicationID, version)
	return c.transaction("BEGIN IMMEDIATE", func() error {
		_, err := c.c.ExecContext(ctx, script)
		return err
	})
}
