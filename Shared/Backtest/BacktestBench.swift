import Forecasting

/// Measured speeds of this build, for the command line.
package enum BacktestBench {
    /// Samples per second of LSTM training (batch 256, window 60, 24 inputs, hidden 64, 21 outputs, fp32): by wall clock, by CPU time.
    package static func training(batches: Int, threads: Int = 1) throws -> (perSecond: Double, perProcessorSecond: Double) {
        let speed = try LSTM.measureTraining(batches: batches, threads: threads)
        return (speed.samplesPerSecond, speed.samplesPerProcessorSecond)
    }

    /// Milliseconds of CPU time for one LSTM forward pass over `batch` windows.
    package static func inference(batch: Int, rounds: Int) throws -> Double {
        1000 * Double(batch) / (try LSTM.measureInference(batch: batch, rounds: rounds).samplesPerProcessorSecond)
    }
}
