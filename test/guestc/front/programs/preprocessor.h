#ifndef PREPROCESSOR_H
#define PREPROCESSOR_H
#define HEADER_VALUE 7
#define header_function_like(x) (2 * \
	(x))
#endif
