import Emulator

/// The times and symbols of the demonstration.
enum DemoPlan {
    /// The evening of the last session that is loaded in one run.
    static let backfill = VirtualTime(milliseconds: 1_325_287_800_000)  // 2011-12-30T23:30:00Z
    /// After the schedules of the last session of the sample prices, 2013-03-01.
    static let end = VirtualTime(milliseconds: 1_362_200_400_000)  // 2013-03-02T05:00:00Z
    static let symbols = ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    static let horizons = [1, 5, 20]
}
