/// How a sequence net is built and trained. The defaults are the measured choice; tests use smaller ones.
package struct SequenceConfiguration: Sendable, Hashable {
    /// Sessions the net reads.
    package var window = 60
    /// Units of the LSTM, width of the Transformer; a multiple of 8.
    package var hidden = 64
    /// Share dropped in training: of the LSTM's last state; of the Transformer's attention, branches and hidden units.
    package var dropout: Float = 0.2
    /// Nets trained from different seeds, whose quantiles are averaged.
    package var nets = 1
    package var batch = 256
    /// Rows of one instrument are visited every `stride` sessions, from an offset that rotates by epoch.
    package var stride = 5
    package var rate: Float = 5e-4
    package var decay: Float = 1e-2
    /// Share of the running mean of the weights kept at each step; the mean is what is validated and kept. 0 = the weights themselves.
    package var averaging: Float = 0
    package var gradientNorm: Float = 1
    /// Samples between two looks at the validation block.
    package var roundSamples = 25_600
    /// Rounds after which the cosine schedule ends.
    package var rounds = 6
    /// Rounds without gain after which training stops.
    package var patience = 3
    /// Sessions of the validation block.
    package var validationSessions = 250
    /// Days of history before the cut that are trained on.
    package var windowDays = 3653
    /// Threads; never changes a bit of the result.
    package var threads = 2
    /// Samples one part of a batch holds; a multiple of 16. Parts are summed in order.
    package var partSamples = 64

    package init() {}

    /// Labelled rows below which the net is not trained.
    package var minimumRows: Int { 4 * batch }
}
