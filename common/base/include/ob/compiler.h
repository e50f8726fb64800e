/* What compilers spell differently. */
#ifndef OB_COMPILER_H
#define OB_COMPILER_H

/* Arguments are checked like those of printf() of C11, on Windows too (MinGW's plain `printf`
 * archetype stands for Microsoft's, which does not know %zu). */
#if defined(__clang__)
#define OB_PRINTF(text, first) __attribute__((format(printf, text, first)))
#elif defined(__GNUC__)
#define OB_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define OB_PRINTF(text, first)
#endif

#if defined(_MSC_VER)
#define OB_THREAD_LOCAL __declspec(thread)
#else
#define OB_THREAD_LOCAL _Thread_local
#endif

#endif
