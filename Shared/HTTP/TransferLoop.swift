import CCurl
import Glibc
import Synchronization

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

    init(caFile: String?, userAgent: String) {
        self.caFile = caFile
        self.userAgent = userAgent
    }

    /// Hands a transfer to the thread, which starts with the first one.
    func submit(_ transfer: Transfer) {
        let refusal: HTTPFailure? = mailbox.withLock { box in
            guard !transfer.isCancelled else { return HTTPFailure(.cancelled, "the task was cancelled") }
            guard !box.isStopped else { return HTTPFailure(.cancelled, "the client is closed") }
            if box.multi == nil {
                guard let multi = MultiHandle.open() else { return HTTPFailure(.broken, code: .outOfMemory, "libcurl did not start") }
                guard startThread() else { return HTTPFailure(.broken, "no thread could be started") }
                box.multi = multi
            }
            box.submitted.append(transfer)
            box.multi?.wake()
            return nil
        }
        if let refusal { transfer.finish(.failure(refusal)) }
    }

    /// Also called before `submit`, which then refuses, and after the end, when it changes nothing.
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

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let context = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { context in
                var everySignal = sigset_t()
                sigfillset(&everySignal)
                pthread_sigmask(SIG_BLOCK, &everySignal, nil)
                guard let context else { return nil }
                Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        if code != 0 { context.release() }
        return code == 0
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
            for transfer in cancelled { running.remove(transfer, HTTPFailure(.cancelled, "the task was cancelled")) }
            if isStopped { break }
            running.perform()
            multi.poll(milliseconds: 60_000)
        }
        running.removeAll(HTTPFailure(.cancelled, "the client is closed"))
        mailbox.withLock { $0.multi = nil }
        multi.close()
    }
}
