import Dispatch

/// Splits work over threads; the result does not depend on the number of threads.
package enum Parallel {
    /// Runs `body` for every part and returns when all are done; worker `w` runs the parts `w`, `w + workers`, …
    ///
    /// Each part must write only its own memory (or its worker's); the caller sums over parts in part order.
    package static func run(parts: Int, workers: Int, _ body: (_ part: Int, _ worker: Int) -> Void) {
        let workers = max(1, min(workers, parts))
        guard workers > 1 else {
            for part in 0..<parts { body(part, 0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            // Parts write disjoint memory by contract, and `concurrentPerform` returns only after the last of them.
            nonisolated(unsafe) let work = body
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                for part in stride(from: worker, to: parts, by: workers) { work(part, worker) }
            }
        }
    }
}
