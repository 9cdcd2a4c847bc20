import Market
import Store

/// The part of a run that one invocation processes.
struct RunSlice: Sendable {
    let run: Run
    let instruments: [Instrument]
    /// The first session to request; nil requests the missing sessions.
    let from: SessionDate?
    /// The only provider to query; nil queries the instrument's providers in order.
    let provider: String?
    /// The number of invocations in a row that finished no instrument because they waited for request limits or for the provider.
    var idleInvocations = 0
    /// The calendars of the instruments' exchanges, read once for all instruments.
    private(set) var calendars: [String: TradingCalendar] = [:]

    func with(_ calendars: [String: TradingCalendar]) -> RunSlice {
        var slice = self
        slice.calendars = calendars
        return slice
    }
}
