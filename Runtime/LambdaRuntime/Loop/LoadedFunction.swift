import FoundationEssentials
import Synchronization
import Threads

/// One function value with its types hidden: bytes in, an encoded response out.
struct LoadedFunction: Sendable {
    let handle: @Sendable ([UInt8], Context) async throws(ErrorReport) -> EncodedResponse

    /// Makes the function that the handler names, blocking the calling thread until its `init` ends.
    static func load(
        _ handler: String, of functions: [String: any Function.Type], _ environment: [String: String]
    ) throws(ErrorReport) -> LoadedFunction {
        guard let type = functions[handler] else {
            let known = functions.keys.sorted().joined(separator: ", ")
            throw ErrorReport(type: "Runtime.UnknownHandler", message: "_HANDLER is \"\(handler)\"; this bundle has \(known)")
        }
        let wake = WakeSignal()
        let executor = LoopExecutor(wake)
        let result = Box(Mutex<Result<LoadedFunction, ErrorReport>?>(nil))
        Task.immediate(executorPreference: executor) {
            let made: Result<LoadedFunction, ErrorReport>
            do { made = .success(try await make(type, environment)) } catch { made = .failure(ErrorReport(error)) }
            result.value.withLock { $0 = made }
        }
        while true {
            executor.runReady()
            if let made = result.value.withLock({ $0 }) { return try made.get() }
            wake.wait()
        }
    }

    private static func make<F: Function>(_ type: F.Type, _ environment: [String: String]) async throws -> LoadedFunction {
        let function = try await F(environment)
        return LoadedFunction { (bytes, context) async throws(ErrorReport) in
            let event: F.Event = try EventCoding.decode(bytes)
            let output: F.Output
            do { output = try await function.handle(event, context) } catch { throw ErrorReport(error) }
            return try EventCoding.encode(output)
        }
    }
}
