/// Sizes and training rules of a sequence net. The defaults were chosen by measurement; tests use smaller values.
package struct SequenceConfiguration: Sendable, Hashable {
    /// The number of sessions that the net reads.
    package var window = 60
    /// Units of the LSTM or width of the Transformer; a multiple of 8.
    package var hidden = 64
    /// The dropout rate in training: of the LSTM's last state; of the Transformer's attention, branches and hidden units.
    package var dropout: Float = 0.2
    /// The number of nets, trained from different seeds, whose quantiles are averaged.
    package var nets = 1
    /// The number of samples per update.
    package var batch = 256
    /// Rows of one instrument are visited every `stride` sessions, from an offset that rotates by epoch.
    package var stride = 5
    /// AdamW's learning rate and weight decay.
    package var rate: Float = 5e-4
    package var decay: Float = 1e-2
    /// The weight of the running mean of the parameters at each step. The mean is validated and stored. 0 means no averaging.
    package var averaging: Float = 0
    /// The largest norm of a gradient; larger gradients are scaled down.
    package var gradientNorm: Float = 1
    /// The number of samples per round; each round ends with a validation.
    package var roundSamples = 25_600
    /// The number of rounds after which the cosine schedule ends.
    package var rounds = 6
    /// The number of rounds without a better validation loss after which training stops.
    package var patience = 3
    /// The number of sessions of the validation block.
    package var validationSessions = 250
    /// The number of days before the cut whose rows are used for training.
    package var windowDays = 3653
    /// The number of threads; it does not change the result.
    package var threads = 2
    /// The number of samples per part of a batch, a multiple of 16. Parts are summed in order.
    package var partSamples = 64

    package init() {}

    /// The least number of labelled rows for training.
    package var minimumRows: Int { 4 * batch }
}
