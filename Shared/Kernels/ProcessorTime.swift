#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// CPU time of the whole process in seconds, user and system, all threads.
package func processorTime() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

/// CPU time of the calling thread in seconds, user and system.
package func threadTime() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
