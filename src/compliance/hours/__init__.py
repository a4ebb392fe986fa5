"""Hours that residents worked: logged in sheets, submitted, locked, and judged on the basis `log`."""
