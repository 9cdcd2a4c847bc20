#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// CPU time of the whole process in seconds, user and system, all threads.
package func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
