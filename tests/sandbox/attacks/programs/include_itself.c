/* Twice oneself, at each of a hundred levels: 2 to the power of 100 files. */
#if __INCLUDE_LEVEL__ < 100
#include __FILE__
#include __FILE__
#endif
