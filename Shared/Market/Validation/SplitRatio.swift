import Glibc

/// The usual ratios of stock splits.
enum SplitRatio {
    private static let ratios = [1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50].map { (ratio: $0, log: log($0)) }

    /// The usual split ratio, or its inverse, that is nearest to a log jump of the price, and its log distance.
    static func nearest(_ jump: Double) -> (ratio: Double, distance: Double) {
        let nearest = ratios.min { abs(abs(jump) - $0.log) < abs(abs(jump) - $1.log) } ?? ratios[0]
        return (jump < 0 ? nearest.ratio : 1 / nearest.ratio, abs(abs(jump) - nearest.log))
    }

    /// The split ratio (new shares for one old) that explains a log jump; nil if no usual ratio is near or the volume shows news.
    ///
    /// A share whose price halves on news trades many times its usual volume.
    static func plausible(_ jump: Double, _ tolerance: Double, _ volume: Double, _ quiet: Double) -> Double? {
        let (ratio, distance) = nearest(jump)
        return distance < tolerance && volume < quiet * max(1, ratio) ? ratio : nil
    }
}
