/// A small dense matrix over any arithmetic type, with elimination.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <utility>
#include <vector>

namespace geometry {

/// Rows and columns are fixed when the matrix is made.
template <typename T>
class Matrix {
public:
    /// Makes a matrix filled with `value`.
    Matrix(std::size_t rows, std::size_t columns, T value = T{})
        : rows_(rows), columns_(columns), cells_(rows * columns, value) {}

    /// Makes a matrix from its rows, which must be equally long.
    Matrix(std::initializer_list<std::initializer_list<T>> rows)
        : rows_(rows.size()), columns_(rows.size() == 0 ? 0 : rows.begin()->size()) {
        for (const auto& row : rows) {
            if (row.size() != columns_) {
                throw std::invalid_argument("rows differ in length");
            }
            cells_.insert(cells_.end(), row.begin(), row.end());
        }
    }

    /// The square matrix with ones on its diagonal.
    static Matrix identity(std::size_t size) {
        Matrix result(size, size);
        for (std::size_t i = 0; i < size; ++i) {
            result(i, i) = T{1};
        }
        return result;
    }

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }

    T& operator()(std::size_t row, std::size_t column) { return cells_[row * columns_ + column]; }
    const T& operator()(std::size_t row, std::size_t column) const {
        return cells_[row * columns_ + column];
    }

    bool operator==(const Matrix& other) const {
        return rows_ == other.rows_ && columns_ == other.columns_ && cells_ == other.cells_;
    }

    /// The product of this matrix and `other`.
    Matrix operator*(const Matrix& other) const {
        if (columns_ != other.rows_) {
            throw std::invalid_argument("shapes do not fit");
        }
        Matrix result(rows_, other.columns_);
        for (std::size_t i = 0; i < rows_; ++i) {
            for (std::size_t k = 0; k < columns_; ++k) {
                const T factor = (*this)(i, k);
                for (std::size_t j = 0; j < other.columns_; ++j) {
                    result(i, j) += factor * other(k, j);
                }
            }
        }
        return result;
    }

    /// Rows become columns.
    Matrix transposed() const {
        Matrix result(columns_, rows_);
        for (std::size_t i = 0; i < rows_; ++i) {
            for (std::size_t j = 0; j < columns_; ++j) {
                result(j, i) = (*this)(i, j);
            }
        }
        return result;
    }

    /// This matrix multiplied with itself, by repeated squaring.
    Matrix power(unsigned exponent) const {
        Matrix result = identity(rows_);
        for (Matrix base = *this; exponent > 0; exponent /= 2) {
            if (exponent % 2 == 1) {
                result = result * base;
            }
            base = base * base;
        }
        return result;
    }

    /// The determinant, exact for integers (Bareiss elimination).
    T determinant() const {
        if (rows_ != columns_) {
            throw std::invalid_argument("only a square matrix has a determinant");
        }
        Matrix work = *this;
        T sign{1};
        T previous{1};
        for (std::size_t k = 0; k + 1 < rows_; ++k) {
            std::size_t pivot = k;
            while (pivot < rows_ && work(pivot, k) == T{}) {
                ++pivot;
            }
            if (pivot == rows_) {
                return T{};
            }
            if (pivot != k) {
                work.swap_rows(pivot, k);
                sign = -sign;
            }
            for (std::size_t i = k + 1; i < rows_; ++i) {
                for (std::size_t j = k + 1; j < rows_; ++j) {
                    work(i, j) = (work(i, j) * work(k, k) - work(i, k) * work(k, j)) / previous;
                }
            }
            previous = work(k, k);
        }
        return rows_ == 0 ? T{1} : sign * work(rows_ - 1, rows_ - 1);
    }

private:
    void swap_rows(std::size_t a, std::size_t b) {
        for (std::size_t j = 0; j < columns_; ++j) {
            std::swap((*this)(a, j), (*this)(b, j));
        }
    }

    std::size_t rows_;
    std::size_t columns_;
    std::vector<T> cells_;
};

}  // namespace geometry
