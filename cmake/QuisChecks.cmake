# The checks that ctest runs beside the unit tests.
