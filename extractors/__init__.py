"""From public places to rows: plan, collect, parse."""
