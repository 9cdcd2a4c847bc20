import CCurl
import Synchronization
import Threads

/// The thread that drives all transfers of one client, and the mailbox into it.
final class TransferLoop: Sendable {
    private struct Mailbox {
        var submitted: [Transfer] = []
        var cancelled: [Transfer] = []
        var isStopped = false
        var multi: MultiHandle?
    }

    private let mailbox = Mutex(Mailbox())
    private let caFile: String?
    private let userAgent: String
    private let startThread: @Sendable (@escaping @Sendable () -> Void) -> Int32

    /// - Parameter startThread: starts a thread and returns zero, or the `errno` of a system that has none to give.
    init(
        caFile: String?, userAgent: String,
        startThread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Int32 = { Thread.start($0) }
    ) {
        self.caFile = caFile
        self.userAgent = userAgent
        self.startThread = startThread
    }

    /// Passes a transfer to the thread, which starts with the first transfer.
    func submit(_ transfer: Transfer) {
        let error: HTTPError? = mailbox.withLock { box in
            guard !transfer.isCancelled else { return HTTPError(.cancelled, "the task was cancelled") }
            guard !box.isStopped else { return HTTPError(.cancelled, "the client is closed") }
            if box.multi == nil {
                guard let multi = MultiHandle.open() else { return HTTPError(.broken, code: .outOfMemory, "libcurl did not start") }
                guard startThread({ [self] in run() }) == 0 else {
                    multi.close()
                    return HTTPError(.broken, "no thread could be started")
                }
                box.multi = multi
            }
            box.submitted.append(transfer)
            box.multi?.wake()
            return nil
        }
        if let error { transfer.finish(.failure(error)) }
    }

    /// Cancels a transfer. Before `submit`, `submit` then fails; after the end it changes nothing.
    func cancel(_ transfer: Transfer) {
        mailbox.withLock { box in
            transfer.isCancelled = true
            box.cancelled.append(transfer)
            box.multi?.wake()
        }
    }

    /// Ends the thread; transfers that run fail as cancelled.
    func stop() {
        mailbox.withLock { box in
            box.isStopped = true
            box.multi?.wake()
        }
    }

    private func run() {
        guard let multi = mailbox.withLock({ $0.multi }) else { return }
        var running = RunningTransfers(multi: multi)
        while true {
            let (submitted, cancelled, isStopped) = mailbox.withLock { box in
                defer { (box.submitted, box.cancelled) = ([], []) }
                return (box.submitted, box.cancelled, box.isStopped)
            }
            for transfer in submitted { running.add(transfer, caFile: caFile, userAgent: userAgent) }
            for transfer in cancelled { running.remove(transfer, HTTPError(.cancelled, "the task was cancelled")) }
            if isStopped { break }
            running.perform()
            multi.poll(milliseconds: 60_000)
        }
        running.removeAll(HTTPError(.cancelled, "the client is closed"))
        mailbox.withLock { $0.multi = nil }
        multi.close()
    }
}
