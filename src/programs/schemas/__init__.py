"""Bodies of requests and answers, with the limits of the program folder."""
