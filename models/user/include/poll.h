/* poll.h: waiting for several descriptors. */
#include <sys/poll.h>
