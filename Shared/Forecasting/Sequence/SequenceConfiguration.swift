/// Sizes and training rules of a sequence net. The defaults were chosen by measurement; tests use smaller values.
package struct SequenceConfiguration: Sendable, Hashable {
    /// Sessions that the net reads.
    package var window = 60
    /// Units of the LSTM or width of the Transformer; a multiple of 8.
    package var hidden = 64
    /// Share dropped in training: of the LSTM's last state; of the Transformer's attention, branches and hidden units.
    package var dropout: Float = 0.2
    /// Number of nets, trained from different seeds, whose quantiles are averaged.
    package var nets = 1
    /// Samples of an update.
    package var batch = 256
    /// Rows of one instrument are visited every `stride` sessions, from an offset that rotates by epoch.
    package var stride = 5
    /// AdamW's learning rate and weight decay.
    package var rate: Float = 5e-4
    package var decay: Float = 1e-2
    /// Weight of the running mean of the parameters at each step; the mean is validated and stored. 0 = the parameters themselves.
    package var averaging: Float = 0
    /// The largest norm of a gradient; larger gradients are scaled down.
    package var gradientNorm: Float = 1
    /// Samples of a round; each round ends with a validation.
    package var roundSamples = 25_600
    /// Rounds after which the cosine schedule ends.
    package var rounds = 6
    /// Rounds without a better validation loss after which training stops.
    package var patience = 3
    /// Sessions of the validation block.
    package var validationSessions = 250
    /// Days of history before the cut that are used for training.
    package var windowDays = 3653
    /// Threads; their number never changes a bit of the result.
    package var threads = 2
    /// Samples of one part of a batch, a multiple of 16. Parts are summed in order.
    package var partSamples = 64

    package init() {}

    /// Labelled rows that training needs.
    package var minimumRows: Int { 4 * batch }
}
