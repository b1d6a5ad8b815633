package cli

import "github.com/rearguard/rearguard/internal/formats"

type schemaCommand struct{}

func (schemaCommand) Run(c *console) error {
	schema, err := formats.Schema()
	if err != nil {
		return err
	}
	_, err = c.out.Write(schema)
	return err
}
